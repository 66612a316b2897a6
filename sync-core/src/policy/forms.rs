//! The forms in which serde asks for values, and what is said where another stands.

use std::{collections::btree_map, iter::Enumerate, slice};

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::BorrowedStrDeserializer,
};

use super::{
    misfit::{Misfit, one_of},
    node::{Node, Tree},
    problem::Step,
};

macro_rules! whole_numbers {
    ($($method:ident $number:ident $visit:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            let number = match &self.tree {
                Tree::Integer(number) => $number::try_from(*number).ok(),
                _ => None,
            };
            let number = number.ok_or_else(|| Misfit::value(format!(
                "write a whole number from {} to {}", $number::MIN, $number::MAX
            )))?;
            visitor.$visit(number)
        })*
    };
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Integer(value) => visitor.visit_i64(*value),
            Tree::Float(value) => visitor.visit_f64(*value),
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            Tree::List(items) => visitor.visit_seq(Items {
                items: items.iter().enumerate(),
            }),
            Tree::Table(entries) => visitor.visit_map(Entries {
                entries: entries.iter(),
                value: None,
            }),
        }
    }

    whole_numbers!(
        deserialize_u8 u8 visit_u8,
        deserialize_u16 u16 visit_u16,
        deserialize_u32 u32 visit_u32,
        deserialize_u64 u64 visit_u64,
        deserialize_i8 i8 visit_i8,
        deserialize_i16 i16 visit_i16,
        deserialize_i32 i32 visit_i32,
        deserialize_i64 i64 visit_i64
    );

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Bool(value) => visitor.visit_bool(*value),
            _ => Err(Misfit::value("write true or false")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            _ => Err(Misfit::value("write text in quotes")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::List(_) => self.deserialize_any(visitor),
            _ => Err(Misfit::value("write a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Table(_) => self.deserialize_any(visitor),
            _ => Err(Misfit::value("write a table of names and values")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match &self.tree {
            Tree::Table(_) => self.deserialize_any(visitor),
            _ => Err(Misfit::value(format!(
                "write a table of {}",
                fields.join(", ")
            ))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let word = match &self.tree {
            Tree::Text(word) => Some((word, None)),
            Tree::Table(entries) if entries.len() == 1 => {
                entries.iter().next().map(|(word, node)| (word, Some(node)))
            }
            _ => None,
        };
        let (word, content) = word.ok_or_else(|| Misfit::value(one_of(variants)))?;
        if !variants.contains(&word.as_str()) {
            return Err(match content {
                None => Misfit::value(one_of(variants)),
                Some(_) => Misfit::value(one_of(variants)).of_key().under_key(word),
            });
        }
        visitor.visit_enum(Word { word, content })
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

struct Items<'de> {
    items: Enumerate<slice::Iter<'de, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let item = self.items.next();
        item.map(|(index, node)| {
            seed.deserialize(node)
                .map_err(|misfit| misfit.under(Step::Index(index)))
        })
        .transpose()
    }
}

struct Entries<'de> {
    entries: btree_map::Iter<'de, String, Node>,
    value: Option<(&'de str, &'de Node)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let Some((key, node)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some((key, node));
        let read = seed.deserialize(BorrowedStrDeserializer::new(key));
        read.map(Some)
            .map_err(|misfit: Misfit| misfit.of_key().under_key(key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let (key, node) = self
            .value
            .take()
            .expect("a value is asked for after its key");
        seed.deserialize(node)
            .map_err(|misfit| misfit.under_key(key))
    }
}

/// One of several words, with or without something that belongs to it.
struct Word<'de> {
    word: &'de str,
    content: Option<&'de Node>,
}

impl<'de> Word<'de> {
    fn content(&self) -> Result<&'de Node, Misfit> {
        self.content
            .ok_or_else(|| Misfit::value(format!("write a table of {} and its value", self.word)))
    }
}

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Misfit> {
        let word = seed.deserialize(self.word.into_deserializer())?;
        Ok((word, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Misfit::value(format!(
                "write the word {:?} alone",
                self.word
            ))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        let read = seed.deserialize(self.content()?);
        read.map_err(|misfit| misfit.under_key(self.word))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        let read = self.content()?.deserialize_seq(visitor);
        read.map_err(|misfit| misfit.under_key(self.word))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let read = self.content()?.deserialize_struct("", fields, visitor);
        read.map_err(|misfit| misfit.under_key(self.word))
    }
}
