//! Profile pictures.

use std::fmt;

use crate::error::Result;
use crate::transport::Response;

/// A profile picture. `Debug` shows its type and size only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfilePicture {
    /// The media type that was declared, mostly `image/png`; JPEG occurs (observed).
    pub media_type: Option<String>,
    /// The picture as it came.
    pub bytes: Vec<u8>,
}

impl ProfilePicture {
    pub(super) fn read(response: &Response) -> Result<Self> {
        Ok(Self {
            media_type: response.header("content-type").map(str::to_owned),
            bytes: response.body.clone(),
        })
    }
}

impl fmt::Debug for ProfilePicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfilePicture")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
