//! Helm's functions: sprig's and its own. Each file holds one table.

mod encode;
