"""Proposals of columns for files in ten languages."""

import io
import json

import pytest

from rentomatic.imports.guessing import feature_columns
from rentomatic.imports.options import parse_import
from rentomatic.imports.proposals import propose
from tests.imports import reading_of, rows_of

ROW = "7,500,48.8841,2.29013,9\n"
HEADERS = {
    "English": "Listing ID,Monthly rent (EUR),Lat,Lng,Square metres",
    "German": "Objektnummer,Kaltmiete,Breitengrad,Längengrad,Wohnfläche (m²)",
    "French": "Identifiant,Loyer,Latitude,Longitude,Surface habitable",
    "Spanish": "Código,Precio,Latitud,Longitud,Metros cuadrados",
    "Italian": "Codice,Canone,Latitudine,Longitudine,Superficie (mq)",
    "Polish": "Identyfikator,Czynsz,Szerokość,Długość,Powierzchnia",
    "Portuguese": "Nº do imóvel,Preço,Latitude,Longitude,Área m²",
    "Dutch": "Kenmerk,Huurprijs,Breedtegraad,Lengtegraad,Oppervlakte",
    "Finnish": "Kohdenumero,Vuokra,Leveysaste,Pituusaste,Pinta-ala",
    "Japanese": "物件番号,賃料,緯度,経度,専有面積",
}


def proposal_of(text: str, format_: str = "csv", **parameters: str) -> dict[str, str]:
    options = parse_import((parameters | {"guess": "true"}).items(), format_)
    _, proposed = propose(io.BytesIO(text.encode()), format_, options)
    return dict(proposed)


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_found_by_their_names(language: str) -> None:
    header = HEADERS[language]

    proposed = proposal_of(f"{header}\n{ROW}")

    names = ("reference", "column_price", "column_latitude", "column_longitude", "column_size")
    expected = dict(zip(names, header.split(","), strict=True))
    found = {name: proposed.get(name, name.removeprefix("column_")) for name in expected}
    assert {name: text.lower() for name, text in found.items()} == {
        name: text.lower() for name, text in expected.items()
    }


def test_what_is_proposed_imports_the_same_as_a_guess() -> None:
    text = f"{HEADERS['German']}\n{ROW}"
    proposed = proposal_of(text, source="acme")

    assert rows_of("csv", text, {"source": "acme", **proposed}) == rows_of(
        "csv", text, {"source": "acme", "guess": "true"}
    )


def test_nothing_is_guessed_unless_it_is_allowed() -> None:
    text = "code,price,latitude,longitude,Surface\n"

    assert proposal_of(text) == {"column_size": "Surface"}
    assert "size" not in reading_of("csv", text, {"set_size": ""}).facts["columns"]


def test_a_column_whose_values_do_not_fit_is_not_proposed() -> None:
    text = "id,price,rent,latitude,longitude,size\n7,Guide price,500,1,2,9\n"

    assert proposal_of(text)["column_price"] == "rent"


@pytest.mark.parametrize("price", ["50,000円", "500 €/week", "500 - 650", "auf Anfrage"])
def test_prices_that_are_rejected_are_prices(price: str) -> None:
    text = f'id,Miete,latitude,longitude,size\n7,"{price}",1,2,9\n'

    assert proposal_of(text)["column_price"] == "Miete"


def test_ids_that_are_uuids_are_codes() -> None:
    text = "id,price,latitude,longitude,size\n727a1427f156535fc0531e59a27e7988,500,1,2,9\n"

    assert proposal_of(text) == {"column_code": "id"}


def test_a_column_of_codes_that_are_not_uuids_is_a_reference() -> None:
    text = "code,price,latitude,longitude,size\nAB-7,500,1,2,9\n"

    assert proposal_of(text) == {"reference": "code"}
    (imported,) = rows_of("csv", text, {"guess": "true", "source": "acme"})
    assert vars(imported)["reference"] == "AB-7"


def test_a_first_column_without_a_name_is_proposed_as_the_reference() -> None:
    assert proposal_of(",price,latitude,longitude,size\n7,500,1,2,9\n") == {"reference": "#1"}


def test_a_size_that_no_column_has_is_unknown() -> None:
    assert proposal_of("id,price,latitude,longitude\n7,500,1,2\n") == {
        "reference": "id",
        "set_size": "",
    }


def test_an_encoding_is_proposed() -> None:
    options = parse_import([("guess", "true")], "csv")
    text = f"{HEADERS['Portuguese']}\n{ROW}".encode("cp1252")

    _, proposed = propose(io.BytesIO(text), "csv", options)

    assert ("encoding", "cp1252") in proposed


def test_columns_that_say_yes_or_no_are_offered_as_features() -> None:
    table = reading_of("csv", "id,hasParkingSpace,has_wifi,a\n7,yes,0,b\n", {
        "source": "x", "reference": "id", "set_size": "", "column_price": "id",
        "column_latitude": "id", "column_longitude": "id",
    }).table  # fmt: skip

    assert feature_columns(table) == {"parking-space": "hasParkingSpace", "wifi": "has_wifi"}


def test_members_of_members_are_found_except_those_of_people() -> None:
    offer = {
        "id": 7,
        "agent": {"name": "Ann", "street": "Elsewhere 1"},
        "offer": {"prezzo": 500, "mq": 9, "titolo": "Bilocale"},
        "indirizzo": {"via": "Via Roma", "lat": "45,4", "lng": "9,1"},
        "foto": [{"url": "https://photos.example/1.jpg", "width": 80}],
        "servizi": ["Aria condizionata", "WiFi"],
    }
    text = json.dumps([offer])

    assert proposal_of(text, "json") == {
        "column_size": "offer.mq",
        "column_price": "offer.prezzo",
        "column_longitude": "indirizzo.lng",
        "column_latitude": "indirizzo.lat",
        "column_title": "offer.titolo",
        "column_features": "servizi",
        "column_photos": "foto",
        "column_street": "indirizzo.via",
        "reference": "id",
    }
    (imported,) = rows_of("json", text, {"guess": "true", "source": "acme"})
    assert vars(imported)["features"] == ("aria-condizionata", "wifi")
    assert vars(imported)["photos"] == ({"url": "https://photos.example/1.jpg"},)


def test_photos_have_every_column_with_the_same_name_and_a_number() -> None:
    text = (
        "id,price,latitude,longitude,size,Bild 10,Bild 2,Foto\n"
        "7,500,1,2,9,https://a.example/1.jpg,https://a.example/2.jpg,https://a.example/3.jpg\n"
    )

    reading = reading_of("csv", text, {"guess": "true", "source": "acme"})

    (imported,) = reading
    assert reading.facts["columns"]["photos"] == "Bild 10, Bild 2"
    photos = [photo["url"] for photo in vars(imported)["photos"]]
    assert photos == ["https://a.example/1.jpg", "https://a.example/2.jpg"]
