"""Models are tested on one thread: two runs on one machine then do not slow each other down."""

import torch

torch.set_num_threads(1)
