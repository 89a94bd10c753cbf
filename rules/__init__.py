"""The law, pure: values in, values out. Figures stand dated in parameters/; nothing here knows a table or a screen."""
