//! An in-process Personio for tests.
