//! Invented names from several European languages, and the e-mail addresses made of them.

use super::employee::Gender;

pub(super) const FIRST_NAMES: [(&str, Gender); 56] = {
    use Gender::{Female, Male};
    [
        ("Ada", Female),
        ("Aurélie", Female),
        ("Ayşe", Female),
        ("Bartłomiej", Male),
        ("Begoña", Female),
        ("Björn", Male),
        ("Çağla", Female),
        ("Chloé", Female),
        ("Dağhan", Male),
        ("Elif", Female),
        ("Emília", Female),
        ("Émile", Male),
        ("Eoin", Male),
        ("Françoise", Female),
        ("Gökhan", Male),
        ("Grażyna", Female),
        ("Hélène", Female),
        ("Heiðrún", Female),
        ("İlker", Male),
        ("Ines", Female),
        ("Iñaki", Male),
        ("Jadwiga", Female),
        ("Jérôme", Male),
        ("Jörg", Male),
        ("João", Male),
        ("Jürgen", Male),
        ("Käthe", Female),
        ("Krzysztof", Male),
        ("Léa", Female),
        ("Lorenzo", Male),
        ("Łukasz", Male),
        ("Małgorzata", Female),
        ("María", Female),
        ("Matthäus", Male),
        ("Mira", Female),
        ("Niamh", Female),
        ("Nicolò", Male),
        ("Oğuz", Male),
        ("Ömer", Male),
        ("Paweł", Male),
        ("Ramón", Male),
        ("René", Male),
        ("Rocío", Female),
        ("Şebnem", Female),
        ("Siân", Female),
        ("Sofía", Female),
        ("Sören", Male),
        ("Štěpán", Male),
        ("Tomáš", Male),
        ("Ülkü", Female),
        ("Ursula", Female),
        ("Wojciech", Male),
        ("Yağmur", Female),
        ("Zoë", Female),
        ("Željka", Female),
        ("Zuzanna", Female),
    ]
};

pub(super) const LAST_NAMES: [&str; 56] = [
    "Aydın",
    "Bäcker",
    "Błaszczyk",
    "Castaño",
    "Çelik",
    "Cieślak",
    "D'Angelo",
    "Dąbrowska",
    "de la Peña",
    "Doğan",
    "Domínguez",
    "Ferreira-Lima",
    "Fußmann",
    "García Núñez",
    "Gómez",
    "González",
    "Großkopf",
    "Gutiérrez",
    "Hernández",
    "Höfer",
    "Ibáñez",
    "Jäger",
    "Jønsson",
    "Kılıç",
    "Köhler",
    "Königsmann",
    "Kovač",
    "Kowalczyk",
    "Lefèvre",
    "Lindqvist",
    "Løvdal",
    "Łuczak",
    "Malý",
    "Meißner",
    "Muñoz",
    "Müller-Thurgau",
    "Nádasdy",
    "Nwosu",
    "Nowicka",
    "O'Sullivan",
    "Öztürk",
    "Pérez",
    "Quiñones",
    "Régnier",
    "Rößler",
    "Sağlam",
    "Schäfer",
    "Şahin",
    "Szymański",
    "Tœrless",
    "Überschär",
    "van den Berg",
    "Wójcik",
    "Yıldız",
    "Žižka",
    "Zügel",
];

/// Makes the local part of an address: ASCII, lower case, German umlauts written out.
pub(super) fn local_part(first_name: &str, last_name: &str) -> String {
    format!("{}.{}", ascii(first_name), ascii(last_name))
}

fn ascii(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '-' => written.push(letter),
            ' ' => written.push('-'),
            'ä' | 'æ' => written.push_str("ae"),
            'ö' | 'ø' | 'œ' => written.push_str("oe"),
            'ü' => written.push_str("ue"),
            'ß' => written.push_str("ss"),
            'ð' => written.push('d'),
            'á' | 'à' | 'â' | 'ã' | 'ą' => written.push('a'),
            'ç' | 'ć' | 'č' => written.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => written.push('e'),
            'ğ' => written.push('g'),
            'í' | 'ì' | 'î' | 'ı' => written.push('i'),
            'ł' => written.push('l'),
            'ñ' | 'ń' => written.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' => written.push('o'),
            'ś' | 'ş' | 'š' => written.push('s'),
            'ú' | 'ù' | 'û' => written.push('u'),
            'ý' => written.push('y'),
            'ź' | 'ż' | 'ž' => written.push('z'),
            _ => {}
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_keeps_all_its_letters_in_the_address() {
        let names = FIRST_NAMES.iter().map(|(name, _)| *name).chain(LAST_NAMES);
        for name in names {
            let letters = name.chars().filter(|letter| letter.is_alphabetic()).count();
            assert!(
                ascii(name).len() >= letters,
                "{name} became {}",
                ascii(name)
            );
        }
        assert_eq!(
            local_part("İlker", "Müller-Thurgau"),
            "ilker.mueller-thurgau"
        );
        assert_eq!(local_part("Łukasz", "de la Peña"), "lukasz.de-la-pena");
    }
}
