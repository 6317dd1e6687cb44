package dev.lifeline.main;

import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

/// The model that Hibernate's scenario maps: each way to make a key, each kind of association and
/// collection, and a column of most types. Hibernate makes the objects and fills their fields, so
/// nothing is said here about what is null.
@NullUnmarked
final class Library {
  private Library() {}

  enum Genre {
    NOVEL,
    ESSAY,
    POEM
  }

  /// Keys from a sequence, fifty at a time.
  @Entity(name = "Author")
  @Table(name = "author")
  static class Author {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    Long id;

    @Column(nullable = false, length = 40)
    String name;

    @Version int version;

    @OneToMany(mappedBy = "author", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("title")
    List<Book> books = new ArrayList<>();

    @ElementCollection
    @CollectionTable(name = "author_nickname")
    @OrderColumn(name = "place")
    List<String> nicknames = new ArrayList<>();

    Author() {}

    Author(String name) {
      this.name = name;
    }

    Book add(String title, BigDecimal price) {
      Book book = new Book(title, price);
      book.author = this;
      books.add(book);
      return book;
    }
  }

  /// Keys from an identity column.
  @Entity(name = "Book")
  @Table(
      name = "book",
      indexes = @Index(name = "book_published", columnList = "published DESC"),
      uniqueConstraints =
          @UniqueConstraint(
              name = "one_title",
              columnNames = {"author_id", "title"}))
  static class Book {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    @Column(nullable = false)
    String title;

    @Column(precision = 10, scale = 2)
    BigDecimal price;

    LocalDate published;

    @Enumerated(EnumType.STRING)
    Genre genre;

    @CreationTimestamp Instant created;

    Duration reading;

    UUID isbn;

    byte[] cover;

    String[] languages;

    @JdbcTypeCode(SqlTypes.JSON)
    Map<String, Object> attributes = new HashMap<>();

    @Column(columnDefinition = "text")
    String summary;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    Author author;

    @ManyToMany(cascade = CascadeType.PERSIST)
    Set<Tag> tags = new HashSet<>();

    Book() {}

    Book(String title, BigDecimal price) {
      this.title = title;
      this.price = price;
    }
  }

  /// A key of the application's own.
  @Entity(name = "Tag")
  @Table(name = "tag")
  static class Tag {
    @Id String name;

    Tag() {}

    Tag(String name) {
      this.name = name;
    }
  }

  @Entity(name = "Person")
  @Table(name = "person")
  @Inheritance(strategy = InheritanceType.JOINED)
  static class Person {
    @Id
    @GeneratedValue(strategy = GenerationType.UUID)
    UUID id;

    String name;

    Person() {}

    Person(String name) {
      this.name = name;
    }
  }

  /// A row in two tables.
  @Entity(name = "Librarian")
  @Table(name = "librarian")
  static class Librarian extends Person {
    int shelf;

    @ManyToOne Librarian superior;

    Librarian() {}

    Librarian(String name, int shelf, Librarian superior) {
      super(name);
      this.shelf = shelf;
      this.superior = superior;
    }
  }
}
