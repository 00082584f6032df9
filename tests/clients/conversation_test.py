"""A whole conversation through the published Python driver, REST and websocket, unchanged.

The server's address comes in CHAT_URL; the administrator of the JavaScript suite has signed up there before.
"""

import asyncio
import json
import os
import threading
import unittest
from urllib.parse import urlsplit

from mattermostdriver import Driver
from mattermostdriver.exceptions import NoAccessTokenProvided, NotEnoughPermissions

PATIENCE = 15
PASSWORD = "correct horse battery"


def driver(login_id, password=PASSWORD):
    """A driver for one person; nothing is sent yet."""
    address = urlsplit(os.environ["CHAT_URL"])
    options = {"scheme": address.scheme, "url": address.hostname, "port": address.port}
    return Driver({**options, "login_id": login_id, "password": password})


class Listener:
    """The driver's websocket in a thread of its own, whose events can be awaited."""

    def __init__(self, person):
        self.events = []
        self.news = threading.Condition()
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self.person = person
        threading.Thread(target=self._run, args=(loop,), daemon=True).start()

    def _run(self, loop):
        asyncio.set_event_loop(loop)
        self.person.init_websocket(self._arrived)

    async def _arrived(self, text):
        with self.news:
            self.events.append(json.loads(text))
            self.news.notify_all()

    def hears(self, event, where=lambda message: True):
        """The first event of this name for which `where` holds, past or to come."""

        def found():
            return next((it for it in self.events if it.get("event") == event and where(it)), None)

        with self.news:
            if not self.news.wait_for(lambda: found() is not None, PATIENCE):
                raise AssertionError(f"never heard {event}: {self.events}")
            return found()


def said(text):
    return lambda message: json.loads(message["data"]["post"])["message"] == text


class Conversation(unittest.TestCase):
    """One story: each step needs the ones before it."""

    def test_a_whole_conversation(self):
        admin = driver("ada")
        admin.login()
        team = admin.teams.create_team({"name": "looms", "display_name": "Looms", "type": "O"})

        joseph = driver("joseph")
        account = {"username": "joseph", "email": "joseph@example.test", "password": PASSWORD}
        joseph.users.create_user(account, params={"iid": team["invite_id"]})
        me = joseph.login()
        listener = Listener(joseph)
        self.assertEqual(listener.hears("hello")["seq"], 0)
        self.assertEqual([it["id"] for it in joseph.teams.get_user_teams("me")], [team["id"]])

        channel = admin.channels.create_channel(
            {"team_id": team["id"], "name": "cards", "display_name": "Cards", "type": "O"}
        )
        joseph.channels.add_user(channel["id"], {"user_id": me["id"]})
        self.assertEqual(joseph.channels.get_channel_by_name(team["id"], "cards")["id"], channel["id"])

        post = admin.posts.create_post({"channel_id": channel["id"], "message": "punched, @joseph"})
        posted = listener.hears("posted", said("punched, @joseph"))
        self.assertEqual(json.loads(posted["data"]["mentions"]), [me["id"]])
        unread = joseph.channels.get_unread_messages(me["id"], channel["id"])
        self.assertEqual(unread["mention_count"], 1)
        self.assertGreaterEqual(unread["msg_count"], 1)

        reply = joseph.posts.create_post(
            {"channel_id": channel["id"], "root_id": post["id"], "message": "and read"}
        )
        thread = admin.posts.get_thread(post["id"])
        self.assertEqual(set(thread["posts"]), {post["id"], reply["id"]})
        joseph.reactions.create_reaction(
            {"user_id": me["id"], "post_id": post["id"], "emoji_name": "thumbsup", "create_at": 0}
        )
        self.assertEqual(admin.reactions.get_reactions_of_post(post["id"])[0]["emoji_name"], "thumbsup")

        admin.posts.patch_post(post["id"], {"message": "punched twice"})
        listener.hears("post_edited", said("punched twice"))
        page = joseph.posts.get_posts_for_channel(channel["id"])
        self.assertIn(post["id"], page["order"])

        joseph.channels.view_channel("me", {"channel_id": channel["id"]})
        self.assertEqual(joseph.channels.get_unread_messages(me["id"], channel["id"])["mention_count"], 0)

        with self.assertRaises(NotEnoughPermissions):
            joseph.posts.patch_post(post["id"], {"message": "not mine to change"})
        admin.posts.delete_post(post["id"])
        listener.hears("post_deleted", lambda it: json.loads(it["data"]["post"])["id"] == post["id"])

        joseph.logout()
        with self.assertRaises(NoAccessTokenProvided):
            joseph.users.get_user("me")


if __name__ == "__main__":
    unittest.main()
