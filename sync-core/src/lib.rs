//! A pure engine that compares what HR says with what a product has.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]
