//! Lines for people. A reader who has gone away, as `head` does, is no reason to stop in the middle of a run.

/// Prints a line on standard output.
macro_rules! say {
    ($($line:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($line)*))))
    };
}

/// Prints a line on standard error.
macro_rules! tell {
    ($($line:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{}\n", format_args!($($line)*))))
    };
}

pub(crate) use {say, tell};
