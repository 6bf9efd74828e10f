"""Digital statements of the Secretly kind: the month of use stands in the words of the invoice. The currency is asked."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="secretly",
        version="digital",
        source="Secretly",
        header=columns_of(
            "Internal Invoice Number|Customer|Catalog Number|Title_Description|UPC|Product ID|Artist|Product Title|"
            "Digital Service Provider_Subdescription|Country Code|Transaction Type|Quantity|Gross Unit Price|"
            "Total Gross Income|Distribution Fee Total|Label Net Unit Price|Label Net Total|datePaidlast|"
            "dateProcessedlast|Flag for mech obligation|Flag for Radio_Performance Royalty Exclusion|"
            "internal serial number|Label|invoice_description"
        ),
        columns={
            "statement": "dateProcessedlast",
            "sale": "invoice_description",
            "store": "Digital Service Provider_Subdescription",
            "territory": "Country Code",
            "upc": "UPC",
            "isrc": "Product ID",
            "artist": "Artist",
            "title": "Title_Description",
            "release": "Product Title",
            "label": "Label",
            "usage": "Transaction Type",
            "units": "Quantity",
            "amount": "Label Net Total",
        },
    ),
)
