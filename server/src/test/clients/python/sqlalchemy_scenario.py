"""SQLAlchemy and Alembic: a model is migrated, reflected and used. Usage: sqlalchemy_scenario.py URL"""

import datetime
import decimal
import sys
import uuid

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


book_genre = Table(
    "book_genre",
    Base.metadata,
    Column("book_id", ForeignKey("book.id", ondelete="CASCADE"), primary_key=True),
    Column("genre_id", ForeignKey("genre.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    born: Mapped[datetime.date | None]
    books: Mapped[list["Book"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", order_by="Book.title"
    )


class Genre(Base):
    __tablename__ = "genre"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)


class Book(Base):
    __tablename__ = "book"
    __table_args__ = (
        UniqueConstraint("author_id", "title", name="uq_book_author_title"),
        CheckConstraint("price >= 0", name="ck_book_price"),
        Index("ix_book_title_lower", text("lower(title)")),
        {"comment": "what is sold"},
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    title: Mapped[str] = mapped_column(String(200), comment="as printed")
    price: Mapped[decimal.Decimal]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    details: Mapped[dict] = mapped_column(JSONB, default=dict)
    created: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column()
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)
    author: Mapped[Author] = relationship(back_populates="books")
    genres: Mapped[list[Genre]] = relationship(secondary=book_genre)
    __mapper_args__ = {"version_id_col": version}


def schema(engine):
    Base.metadata.create_all(engine)
    Base.metadata.create_all(engine)  # finds everything there
    found = inspect(engine)
    assert set(found.get_table_names()) == {"author", "book", "book_genre", "genre"}
    assert found.get_pk_constraint("book_genre")["constrained_columns"] == ["book_id", "genre_id"]
    keys = {key["referred_table"]: key for key in found.get_foreign_keys("book_genre")}
    assert keys["book"]["options"] == {"ondelete": "CASCADE"}, keys
    assert found.get_unique_constraints("book")[0]["name"] == "uq_book_author_title"
    assert found.get_check_constraints("book")[0]["name"] == "ck_book_price"
    assert found.get_table_comment("book")["text"] == "what is sold"
    columns = {column["name"]: column for column in found.get_columns("book")}
    assert columns["title"]["type"].length == 200 and columns["title"]["comment"] == "as printed"
    assert columns["author_id"]["nullable"] is False
    indexes = {index["name"]: index for index in found.get_indexes("book")}
    assert indexes["ix_book_title_lower"]["expressions"] == ["lower(title::text)"], indexes
    assert indexes["ix_book_author_id"]["column_names"] == ["author_id"]
    reflected = MetaData()
    reflected.reflect(engine)
    assert set(reflected.tables) == {"author", "book", "book_genre", "genre"}


def objects(engine):
    with Session(engine) as session:
        ada = Author(name="Ada", born=datetime.date(1815, 12, 10))
        science, fiction = Genre(name="science"), Genre(name="fiction")
        for i in range(5):
            ada.books.append(
                Book(
                    title=f"Book {i}",
                    price=decimal.Decimal("9.90") + i,
                    tags=["old", str(i)],
                    details={"pages": 100 + i, "in": {"print": i % 2 == 0}},
                    genres=[science] if i < 3 else [science, fiction],
                )
            )
        session.add_all([ada, Author(name="Grace"), fiction])
        session.commit()
        assert ada.books[0].created is not None

        printed = session.scalars(
            select(Book).where(Book.details["in"]["print"].as_boolean()).order_by(Book.title)
        ).all()
        assert [book.title for book in printed] == ["Book 0", "Book 2", "Book 4"]
        tagged = session.scalar(select(func.count()).where(Book.tags.contains(["3"])))
        assert tagged == 1, tagged
        counts = session.execute(
            select(Author.name, func.count(Book.id), func.sum(Book.price))
            .outerjoin(Author.books)
            .group_by(Author.name)
            .order_by(Author.name)
        ).all()
        assert counts == [("Ada", 5, decimal.Decimal("59.50")), ("Grace", 0, None)], counts
        page = session.scalars(select(Book).order_by(Book.title).limit(2).offset(2)).all()
        assert [book.title for book in page] == ["Book 2", "Book 3"]
        loaded = session.scalars(
            select(Author)
            .options(selectinload(Author.books).selectinload(Book.genres))
            .where(Author.name == "Ada")
        ).one()
        assert sorted(genre.name for genre in loaded.books[4].genres) == ["fiction", "science"]
        eager = session.scalars(
            select(Author).options(joinedload(Author.books)).where(Author.name == "Ada")
        ).unique()
        assert len(eager.one().books) == 5
        ranks = session.execute(
            select(Book.title, func.rank().over(order_by=Book.price.desc())).order_by(Book.title)
        ).all()
        assert [rank for _, rank in ranks] == [5, 4, 3, 2, 1]


def conflicts(engine):
    with Session(engine) as session:
        session.add(Author(name="Ada"))
        try:
            session.flush()
            raise AssertionError("there were two of that name")
        except IntegrityError as e:
            assert e.orig.diag.constraint_name == "author_name_key"
            session.rollback()
        statement = insert(Author).values([{"name": "Ada"}, {"name": "Edsger"}])
        statement = statement.on_conflict_do_update(
            index_elements=[Author.name], set_={"name": statement.excluded.name + "!"}
        ).returning(Author.name)
        assert sorted(session.scalars(statement)) == ["Ada!", "Edsger"]
        session.rollback()
    with Session(engine) as one, Session(engine) as other:
        mine, theirs = (s.scalars(select(Book).where(Book.title == "Book 1")).one() for s in (one, other))
        mine.price += 1
        one.commit()
        theirs.price += 2
        try:
            other.commit()
            raise AssertionError("a lost update")
        except Exception as e:
            assert type(e).__name__ == "StaleDataError", e
    with Session(engine) as session:
        session.delete(session.scalars(select(Author).where(Author.name == "Ada")).one())
        session.commit()
        assert session.scalar(select(func.count()).select_from(Book)) == 0


def migrations(engine):
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
        assert differences == [], differences
        context._ensure_version_table()
        do = Operations(context)
        do.add_column("author", Column("country", String(2), server_default="DE", nullable=False))
        do.create_index("ix_author_country", "author", ["country"])
        do.alter_column("author", "born", new_column_name="birthday")
        do.alter_column("author", "name", type_=String(120), existing_type=String(80))
        do.alter_column("author", "country", server_default=None)
        do.create_table_comment("author", "who writes")
        do.create_check_constraint("ck_author_country", "author", "length(country) = 2")
        do.drop_constraint("ck_book_price", "book", type_="check")
        do.rename_table("genre", "category")
        found = {change[0] for change in compare_metadata(context, Base.metadata) if isinstance(change, tuple)}
        assert {"remove_column", "add_column", "remove_index", "add_table", "remove_table"} <= found, found
        columns = {column["name"]: column for column in inspect(connection).get_columns("author")}
        assert columns["name"]["type"].length == 120
        assert columns["country"]["default"] is None and not columns["country"]["nullable"]
    Base.metadata.create_all(engine)


target = create_engine(sys.argv[1])
for step in (schema, objects, conflicts, migrations):
    step(target)
    print("ok", step.__name__)
