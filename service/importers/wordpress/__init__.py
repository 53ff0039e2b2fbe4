"""WordPress: its export files (`wxr`), its REST interface (`rest`), and the text of a post as WordPress shows it."""
