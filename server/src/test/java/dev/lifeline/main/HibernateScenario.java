package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.main.Library.Author;
import dev.lifeline.main.Library.Book;
import dev.lifeline.main.Library.Genre;
import dev.lifeline.main.Library.Librarian;
import dev.lifeline.main.Library.Person;
import dev.lifeline.main.Library.Tag;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.SchemaValidationException;
import jakarta.persistence.Timeout;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.SelectionQuery;
import org.hibernate.tool.schema.Action;

/// Hibernate ORM over an empty database: it makes and validates its schema, and an application's
/// ways with associations, pages and locks bring back what they should.
final class HibernateScenario {
  private final String url;

  HibernateScenario(String url) {
    this.url = url;
  }

  void run() {
    // Where the other libraries' logs go, that is nowhere.
    System.setProperty("org.jboss.logging.provider", "slf4j");
    try (SessionFactory factory = factory(Action.CREATE_ONLY)) {
      schema(factory);
      associations(factory);
      values(factory);
      inheritance(factory);
      pagination(factory);
      queries(factory);
      optimisticLocking(factory);
      pessimisticLocking(factory);
      factory.getSchemaManager().truncate();
      assertEquals(0, count(factory, "Book"));
      factory.getSchemaManager().drop(false);
      assertThrows(SchemaValidationException.class, () -> factory.getSchemaManager().validate());
    }
  }

  private SessionFactory factory(Action action) {
    return new HibernatePersistenceConfiguration("library")
        .managedClasses(Author.class, Book.class, Tag.class, Person.class, Librarian.class)
        .jdbcUrl(url)
        .schemaToolingAction(action)
        .createEntityManagerFactory();
  }

  private static long count(SessionFactory factory, String entity) {
    return factory.fromSession(s ->
        s.createSelectionQuery("select count(*) from " + entity, Long.class).getSingleResult());
  }

  /// What was made is what is validated; a column that is missed is told, and added by `update`.
  private void schema(SessionFactory factory) {
    try {
      factory.getSchemaManager().validate();
    } catch (SchemaValidationException e) {
      throw new AssertionError(e);
    }
    factory.inTransaction(
        s -> s.createNativeMutationQuery("alter table book drop column summary").executeUpdate());
    PersistenceException missed =
        assertThrows(PersistenceException.class, () -> factory(Action.VALIDATE).close());
    assertTrue(
        String.valueOf(missed.getCause()).contains("missing column [summary] in table [book]"),
        String.valueOf(missed.getCause()));
    factory(Action.UPDATE).close();
    factory(Action.VALIDATE).close();
  }

  private static void associations(SessionFactory factory) {
    long id =
        factory.fromTransaction(s -> {
          Author author = new Author("Ursula");
          author.nicknames.addAll(List.of("U", "UKL"));
          Tag fantasy = new Tag("fantasy");
          author.add("Tehanu", new BigDecimal("12.50")).tags.add(fantasy);
          author.add("Rocannon's World", new BigDecimal("8.00")).genre = Genre.NOVEL;
          Book last = author.add("A Wizard of Earthsea", new BigDecimal("9.99"));
          last.tags.addAll(List.of(fantasy, new Tag("young")));
          s.persist(author);
          s.persist(new Author("Nobody"));
          return author.id;
        });
    factory.inTransaction(s -> {
      Author author = s.find(Author.class, id);
      assertFalse(Hibernate.isInitialized(author.books));
      assertEquals(
          List.of("A Wizard of Earthsea", "Rocannon's World", "Tehanu"),
          author.books.stream().map(b -> b.title).toList());
      assertEquals(List.of("U", "UKL"), author.nicknames);
      author.nicknames.add(1, "Le Guin");
      author.books.removeIf(b -> b.title.startsWith("Rocannon"));
    });
    factory.inSession(s -> {
      Author author =
          s.createSelectionQuery(
                  "from Author a left join fetch a.books where a.name like :n", Author.class)
              .setParameter("n", "Urs%")
              .getSingleResult();
      assertTrue(Hibernate.isInitialized(author.books));
      assertEquals(List.of("U", "Le Guin", "UKL"), author.nicknames);
      assertEquals(2, author.books.size());
      assertEquals(
          List.of("A Wizard of Earthsea", "Tehanu"),
          s.createSelectionQuery(
                  "select b.title from Book b join b.tags t where t.name = 'fantasy' order by"
                      + " b.title",
                  String.class)
              .getResultList());
      assertEquals(
          List.of("Nobody"),
          s.createSelectionQuery("select a.name from Author a where a.books is empty", String.class)
              .getResultList());
    });
    factory.inTransaction(s -> s.remove(s.find(Author.class, id)));
    assertEquals(0, count(factory, "Book"));
    assertEquals(2, count(factory, "Tag"));
    ConstraintViolationException refused =
        assertThrows(
            ConstraintViolationException.class,
            () ->
                factory.inTransaction(s -> {
                  Author author = new Author("Twice");
                  author.add("same", BigDecimal.ONE);
                  author.add("same", BigDecimal.TWO);
                  s.persist(author);
                }));
    assertEquals("one_title", refused.getConstraintName());
  }

  private static void values(SessionFactory factory) {
    UUID isbn = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    factory.inTransaction(s -> {
      Author author = new Author("Wörter");
      Book book = author.add("all of it", new BigDecimal("1234567.89"));
      book.published = LocalDate.of(1968, 2, 29);
      book.genre = Genre.POEM;
      book.reading = Duration.ofMinutes(90).plusNanos(5);
      book.isbn = isbn;
      book.cover = new byte[] {0, 1, -1};
      book.languages = new String[] {"en", "de \"x\"", null};
      book.attributes.putAll(Map.of("pages", 205, "in", Map.of("print", true)));
      book.summary = "s".repeat(5000);
      s.persist(author);
    });
    factory.inSession(s -> {
      Book book =
          s.createSelectionQuery("from Book b where b.isbn = :isbn", Book.class)
              .setParameter("isbn", isbn)
              .getSingleResult();
      assertEquals(new BigDecimal("1234567.89"), book.price);
      assertEquals(LocalDate.of(1968, 2, 29), book.published);
      assertEquals(Genre.POEM, book.genre);
      assertEquals(Duration.ofMinutes(90).plusNanos(5), book.reading);
      assertArrayEquals(new byte[] {0, 1, -1}, book.cover);
      assertArrayEquals(new String[] {"en", "de \"x\"", null}, book.languages);
      assertEquals(Map.of("pages", 205, "in", Map.of("print", true)), book.attributes);
      assertEquals(5000, book.summary.length());
      assertTrue(book.created.isAfter(java.time.Instant.parse("2020-01-01T00:00:00Z")));
    });
    assertThrows(
        ConstraintViolationException.class,
        () ->
            factory.inTransaction(s ->
                s.createNativeMutationQuery("update book set genre = 'DRAMA'").executeUpdate()));
  }

  /// Changes in bulk of what lies in two tables.
  private static void inheritance(SessionFactory factory) {
    factory.inTransaction(s -> {
      Librarian chief = new Librarian("chief", 1, null);
      s.persist(chief);
      s.persist(new Librarian("second", 2, chief));
      s.persist(new Person("reader"));
    });
    factory.inTransaction(s -> {
      assertEquals(
          2,
          s.createMutationQuery(
                  "update Librarian l set l.shelf = l.shelf + 10, l.name = upper(l.name)")
              .executeUpdate());
      assertEquals(
          List.of("CHIEF", "SECOND", "reader"),
          s.createSelectionQuery("select p.name from Person p order by p.name", String.class)
              .getResultList());
      assertEquals(
          "CHIEF",
          s.createSelectionQuery("from Librarian l where l.shelf = 12", Librarian.class)
              .getSingleResult()
              .superior
              .name);
      assertEquals(
          1, s.createMutationQuery("delete from Librarian l where l.shelf = 12").executeUpdate());
    });
    assertEquals(2, count(factory, "Person"));
  }

  private static void pagination(SessionFactory factory) {
    factory.inTransaction(s -> {
      s.setJdbcBatchSize(20);
      for (int i = 1; i <= 25; i++) {
        Author author = new Author("page %02d".formatted(i));
        author.add("first", BigDecimal.valueOf(i));
        author.add("second", BigDecimal.valueOf(2L * i));
        s.persist(author);
      }
    });
    factory.inSession(s -> {
      SelectionQuery<String> names =
          s.createSelectionQuery(
              "select a.name from Author a where a.name like 'page%' order by a.name",
              String.class);
      assertEquals(25, names.getResultCount());
      assertEquals(
          List.of("page 11", "page 12", "page 13"),
          names.setFirstResult(10).setMaxResults(3).getResultList());
      assertEquals(List.of(), names.setFirstResult(25).getResultList());
      keyed(s);
      try (ScrollableResults<Book> books =
          s.createSelectionQuery("from Book b where b.title = 'first' order by b.id", Book.class)
              .setFetchSize(4)
              .scroll(ScrollMode.FORWARD_ONLY)) {
        int seen = 0;
        while (books.next()) {
          assertEquals(++seen, books.get().price.intValue());
        }
        assertEquals(25, seen);
      }
    });
  }

  private static void keyed(Session session) {
    SelectionQuery<Author> authors =
        session.createSelectionQuery("from Author a where a.name like 'page%'", Author.class);
    KeyedPage<Author> page = Page.first(10).keyedBy(Order.desc(Author.class, "name"));
    StringBuilder sizes = new StringBuilder();
    KeyedResultList<Author> result = authors.getKeyedResultList(page);
    assertEquals("page 25", result.getResultList().getFirst().name);
    sizes.append(result.getResultList().size());
    while (!result.isLastPage()) {
      result = authors.getKeyedResultList(result.getNextPage());
      sizes.append(' ').append(result.getResultList().size());
    }
    assertEquals("10 10 5", sizes.toString());
  }

  private static void queries(SessionFactory factory) {
    factory.inTransaction(s -> {
      assertEquals(
          List.of("page 25", "page 24", "page 23"),
          s.createSelectionQuery(
                  "select a.name from Author a join a.books b where a.name like 'page%' group by"
                      + " a.name having sum(b.price) > 60 order by sum(b.price) desc limit 3",
                  String.class)
              .getResultList());
      assertEquals(
          List.of(1L, 2L),
          s.createSelectionQuery(
                  "select row_number() over (partition by b.author order by b.price desc) from"
                      + " Book b where b.author.name = 'page 07' order by 1",
                  Long.class)
              .getResultList());
      assertEquals(
          List.of("page 25"),
          s.createSelectionQuery(
                  "with rich as (select b.author.id as id, sum(b.price) as total from Book b"
                      + " where b.price < 100 group by b.author.id) select a.name from rich r join"
                      + " Author a on a.id = r.id where r.total = (select max(x.total) from rich x)",
                  String.class)
              .getResultList());
      assertEquals(
          3,
          s.createMutationQuery(
                  "update Book b set b.price = b.price + 1 where b.price between 46 and 50")
              .executeUpdate());
      assertEquals(
          1,
          s.createMutationQuery(
                  "insert into Tag (name) select 'from ' || t.name from Tag t where"
                      + " t.name = 'young'")
              .executeUpdate());
      assertEquals(
          0,
          s.createMutationQuery(
                  "insert into Tag (name) values ('young') on conflict (name) do nothing")
              .executeUpdate());
    });
  }

  private static void optimisticLocking(SessionFactory factory) {
    try (Session one = factory.openSession();
        Session other = factory.openSession()) {
      one.beginTransaction();
      other.beginTransaction();
      Author mine = byName(one, "page 01");
      Author theirs = byName(other, "page 01");
      assertEquals(0, mine.version);
      theirs.name = "changed";
      other.getTransaction().commit();
      assertEquals(1, theirs.version);
      mine.name = "changed too";
      PersistenceException late =
          assertThrows(PersistenceException.class, () -> one.getTransaction().commit());
      assertTrue(
          late instanceof OptimisticLockException
              || late.getCause() instanceof OptimisticLockException,
          late.toString());
    }
  }

  private static void pessimisticLocking(SessionFactory factory) {
    try (Session one = factory.openSession();
        Session other = factory.openSession()) {
      one.beginTransaction();
      Author held = byName(one, "page 02");
      one.lock(held, LockModeType.PESSIMISTIC_WRITE);

      other.beginTransaction();
      Author wanted = byName(other, "page 02");
      PersistenceException refused =
          assertThrows(
              PersistenceException.class,
              () -> other.refresh(wanted, LockModeType.PESSIMISTIC_WRITE, Timeout.milliseconds(0)));
      assertTrue(
          String.valueOf(refused.getMessage())
              .contains("could not obtain lock on row in relation \"author\""),
          refused.getMessage());
      other.getTransaction().rollback();

      other.clear();
      other.beginTransaction();
      assertEquals(
          List.of("page 03"),
          other
              .createSelectionQuery(
                  "from Author a where a.name in ('page 02', 'page 03')", Author.class)
              .setHibernateLockMode(LockMode.UPGRADE_SKIPLOCKED)
              .getResultList()
              .stream()
              .map(a -> a.name)
              .toList());
      other.getTransaction().rollback();

      held.name = "was held";
      one.getTransaction().commit();
      other.clear();
      other.beginTransaction();
      Author shared = byName(other, "was held");
      other.lock(shared, LockModeType.PESSIMISTIC_READ);
      other.getTransaction().commit();
    }
  }

  private static Author byName(Session session, String name) {
    return session
        .createSelectionQuery("from Author a where a.name = ?1", Author.class)
        .setParameter(1, name)
        .getSingleResult();
  }
}
