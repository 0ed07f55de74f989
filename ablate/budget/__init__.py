"""What a plan costs before it is paid: time, memory, disk, and what its seeds can show for it."""
