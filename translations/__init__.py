"""文言: what screens say, in the languages of the office; sentences that know their pattern."""
