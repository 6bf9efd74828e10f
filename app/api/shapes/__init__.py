"""What travels, as strict models: the OpenAPI document is made of them, with their examples."""
