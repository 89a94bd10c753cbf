"""Names are found in every spelling in every table: rules.spelling.search_key as the database computes it.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Letter by letter what rules.spelling folds; a test compares the two, and a new variant needs a new revision.
FOLDED = ("髙﨑嵜碕邊邉澤齊齋斎德瀨廣國嶋嶌𠮷濱濵槗𣘺櫻龍眞惠條豐榮圓壽冨峯淵藏關鐵與萬ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖァィゥェォッャュョヮヵヶ")
INTO = ("高崎崎崎辺辺沢斉斉斉徳瀬広国島島吉浜浜橋橋桜竜真恵条豊栄円寿富峰渕蔵関鉄与万アアイイウウエエオオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモヤヤユユヨヨラリルレロワワヰヱヲンヴカケアイウエオツヤユヨワカケ")


def upgrade() -> None:
    op.execute(f"""
CREATE FUNCTION search_key(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT normalize(lower(regexp_replace(translate(normalize(
           regexp_replace(written, U&'[\\FE00-\\FE0F\\+0E0100-\\+0E01EF]', '', 'g'), NFKC),
           '{FOLDED}', '{INTO}'), '[\\s\\-‐‑–—―−ー・･.,、。()（）]', '', 'g')), NFKC)
$$""")


def downgrade() -> None:
    raise RuntimeError("records are never dropped; restore a backup instead")
