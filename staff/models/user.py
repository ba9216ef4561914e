"""Who works here: one account for one person, one role, and for an officer one kecamatan."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ..roles import Role


class StaffManager(UserManager["User"]):
    """Makes accounts; the first one of a new installation is a supervisor."""

    use_in_migrations = False

    def create_superuser(  # type: ignore[override]
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """What `createsuperuser` calls. Nobody stands above the roles, so it makes a supervisor."""
        user = self.create_user(username, email, password, **fields, is_staff=True)
        user.groups.set(Group.objects.using(self.db).filter(name=Role.SUPERVISOR))
        return user


class User(AbstractUser):
    """A member of staff. Accounts are closed (is_active), never deleted: history names them."""

    # every account is for the staff site; a closed one is not active
    is_staff = models.BooleanField(_("boleh masuk"), default=True)
    position = models.CharField(_("jabatan"), max_length=120, blank=True)
    nip = models.CharField(_("NIP"), max_length=21, blank=True)
    phone = models.CharField(_("telepon"), max_length=20, blank=True)
    # a number and no foreign key: this room does not know kecamatan, only that an officer has one
    kecamatan_id = models.SmallIntegerField(_("kecamatan"), null=True, blank=True)

    objects: ClassVar[StaffManager] = StaffManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = _("petugas")
        constraints = [
            # this prevents an account that no role limits
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_above_roles"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def actor(self) -> str:
        """How events, blocks and notes name this person."""
        return f"staff:{self.pk}"

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of this person's groups."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_supervisor(self) -> bool:
        return self.is_active and Role.SUPERVISOR in self.roles

    @property
    def office(self) -> str:
        """Which office this person looks for, as the access log keeps it: `kecamatan:7`, `pemeriksa`, …"""
        if self.kecamatan_id is not None or Role.KECAMATAN in self.roles:
            return f"kecamatan:{self.kecamatan_id or '-'}"
        return "pemeriksa" if Role.AUDITOR in self.roles else "disdukcapil"

    def password_mark(self) -> str:
        """What tells whether the password is still the same."""
        return super().get_session_auth_hash()

    def get_session_auth_hash(self) -> str:
        """What a session must carry: another password or another second step ends it.

        Who must have a second step and has none gets one that no session ever carries.
        """
        from ..second_step import actions, policy

        app = actions.authenticator_of(self)
        if app:
            told = f"{self.password_mark()} {app.since.isoformat()}"
            return salted_hmac("staff.second_step", told, algorithm="sha256").hexdigest()
        return secrets.token_hex(32) if policy.must(self) else self.password_mark()
