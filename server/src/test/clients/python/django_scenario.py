"""Django: its own applications are migrated, a model of ours is migrated twice and used.
Usage: django_scenario.py HOST PORT USER DATABASE"""

import datetime
import decimal
import sys
import types

import django
from django.conf import settings

host, port, user, database = sys.argv[1:5]
settings.configure(
    SECRET_KEY="for a test",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": host,
            "PORT": port,
            "USER": user,
            "NAME": database,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.admin",
        "django.contrib.messages",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TIME_ZONE="UTC",
    USE_TZ=True,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
)
django.setup()

from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, migrations, models, transaction  # noqa: E402
from django.db.migrations.state import ProjectState  # noqa: E402
from django.db.models import Avg, Count, F, OuterRef, Q, Subquery, Sum, Window  # noqa: E402
from django.db.models.functions import Coalesce, Lower, Rank, TruncMonth  # noqa: E402


def migrate():
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)  # nothing is left to do
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] >= 18
        tables = connection.introspection.table_names(cursor)
        assert "auth_user" in tables and "django_admin_log" in tables
        described = connection.introspection.get_table_description(cursor, "auth_user")
        # The system columns come with it from PostgreSQL; they are none of the model's.
        assert "username" in [column.name for column in described]
        constraints = connection.introspection.get_constraints(cursor, "auth_user_groups")
        unique = [c["columns"] for c in constraints.values() if c["unique"] and not c["primary_key"]]
        assert unique == [["user_id", "group_id"]], constraints
        foreign = {c["foreign_key"] for c in constraints.values() if c["foreign_key"]}
        assert foreign == {("auth_user", "id"), ("auth_group", "id")}, constraints
        sequences = connection.introspection.get_sequences(cursor, "auth_user")
        assert sequences[0]["column"] == "id", sequences


def users():
    ada = User.objects.create_user("ada", "ada@example.org", "secret")
    readers = Group.objects.create(name="readers")
    readers.permissions.set(Permission.objects.filter(codename__startswith="view_"))
    ada.groups.add(readers)
    assert User.objects.get(groups__name="readers").check_password("secret")
    assert ada.has_perm("auth.view_user") and not ada.has_perm("auth.delete_user")
    try:
        with transaction.atomic():
            User.objects.create_user("ada")
        raise AssertionError("there were two of that name")
    except IntegrityError as e:
        assert 'duplicate key value violates unique constraint "auth_user_username_key"' in str(e)
    assert User.objects.filter(Q(username__icontains="AD") | Q(email__isnull=True)).count() == 1
    again, created = User.objects.update_or_create(username="ada", defaults={"first_name": "A"})
    assert not created and again.first_name == "A"
    with transaction.atomic():
        assert User.objects.select_for_update(of=("self",)).get(pk=ada.pk).pk == ada.pk
    store = SessionStore()
    store["cart"] = [1, 2]
    store.save()
    assert SessionStore(store.session_key)["cart"] == [1, 2]


def apply(operations, state):
    """What the executor does with a migration's operations."""
    with connection.schema_editor() as editor:
        for operation in operations:
            after = state.clone()
            operation.state_forwards("shop", after)
            operation.database_forwards("shop", editor, state, after)
            state = after
    return state


def models_of_ours():
    state = apply(
        [
            migrations.CreateModel(
                "Customer",
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("name", models.CharField(max_length=60, db_index=True)),
                ],
            ),
            migrations.CreateModel(
                "Order",
                [
                    ("id", models.UUIDField(primary_key=True)),
                    ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
                    ("total", models.DecimalField(max_digits=10, decimal_places=2)),
                    ("placed", models.DateTimeField()),
                    ("lines", models.JSONField(default=dict)),
                ],
            ),
        ],
        ProjectState(real_apps={"contenttypes"}),
    )
    state = apply(
        [
            migrations.AddField("Customer", "vip", models.BooleanField(default=False)),
            migrations.AlterField("Customer", "name", models.CharField(max_length=90, unique=True)),
            migrations.RenameField("Order", "placed", "placed_at"),
            migrations.AddIndex("Order", models.Index(fields=["-placed_at"], name="order_placed")),
            migrations.AddConstraint(
                "Order", models.CheckConstraint(condition=Q(total__gte=0), name="total_not_negative")
            ),
            migrations.AddConstraint(
                "Customer", models.UniqueConstraint(Lower("name"), name="name_once")
            ),
            migrations.AlterField("Order", "total", models.DecimalField(max_digits=12, decimal_places=3)),
            migrations.AlterModelTable("Order", "shop_purchase"),
        ],
        state,
    )
    return state.apps.get_model("shop", "Customer"), state.apps.get_model("shop", "Order")


def queries(customer, order):
    import uuid

    people = customer.objects.bulk_create([customer(name=n) for n in ("Ada", "Grace", "Edsger")])
    base = datetime.datetime(2024, 1, 15, tzinfo=datetime.timezone.utc)
    order.objects.bulk_create(
        order(
            id=uuid.UUID(int=i),
            customer=people[i % 2],
            total=decimal.Decimal(i) * 10,
            placed_at=base + datetime.timedelta(days=20 * i),
            lines={"items": [{"sku": f"s{i}"}], "gift": i % 3 == 0},
        )
        for i in range(1, 9)
    )
    named = customer.objects.annotate(n=Count("order"), sum=Coalesce(Sum("order__total"), decimal.Decimal(0)))
    assert [(c.name, c.n, c.sum) for c in named.order_by("name")] == [
        ("Ada", 4, decimal.Decimal("200.000")),
        ("Edsger", 0, decimal.Decimal("0")),
        ("Grace", 4, decimal.Decimal("160.000")),
    ]
    assert order.objects.filter(lines__gift=True).count() == 2
    assert order.objects.filter(lines__items__0__sku="s5").get().id.int == 5
    assert order.objects.filter(lines__has_key="items").aggregate(Avg("total"))["total__avg"] == 45
    months = order.objects.annotate(m=TruncMonth("placed_at")).values("m").annotate(n=Count("id"))
    assert sum(row["n"] for row in months) == 8 and len(months) == 5, list(months)
    last = order.objects.filter(customer=OuterRef("pk")).order_by("-placed_at").values("total")[:1]
    assert customer.objects.annotate(last=Subquery(last)).get(name="Grace").last == 70
    ranked = order.objects.annotate(
        r=Window(Rank(), partition_by=F("customer"), order_by=F("total").desc())
    ).filter(r=1)
    assert sorted(o.id.int for o in ranked) == [7, 8]
    assert order.objects.filter(pk=uuid.UUID(int=1)).update(total=F("total") + 1) == 1
    assert [o.id.int for o in order.objects.order_by("id")[2:4]] == [3, 4]
    assert order.objects.filter(placed_at__year=2024, placed_at__month=2).count() == 2
    found = order.objects.select_related("customer").filter(customer__name__in=["Ada"]).first()
    assert found.customer.name == "Ada"
    try:
        with transaction.atomic():
            order.objects.filter(pk=uuid.UUID(int=1)).update(total=-1)
        raise AssertionError("a negative total")
    except IntegrityError as e:
        assert "total_not_negative" in str(e)
    streamed = order.objects.order_by("id").values_list("id", flat=True).iterator(chunk_size=3)
    assert [i.int for i in streamed] == list(range(1, 9))
    people[0].delete()
    assert order.objects.count() == 4


for step in (migrate, users):
    step()
    print("ok", step.__name__)
shop = models_of_ours()
print("ok models_of_ours")
queries(*shop)
print("ok queries")
