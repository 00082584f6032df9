// A whole conversation through Mattermost's published JavaScript client, REST and websocket, as its users would have it.
// The server's address comes in CHAT_URL; it is empty at first, so the first one to sign up is its administrator.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import client from '@mattermost/client';
import { WebSocket } from 'ws';

const { Client4, WebSocketClient } = client;
globalThis.WebSocket = WebSocket;
globalThis.CloseEvent ??= class extends Event {};

const url = process.env.CHAT_URL;
const socketUrl = `${url.replace('http', 'ws')}/api/v4/websocket`;
const PATIENCE = 15_000;

/** A person with a REST client, and a socket whose events can be awaited in any order. */
class Person {
    rest = new Client4();
    socket = null;
    events = [];
    #waiting = [];

    constructor(name) {
        this.name = name;
        this.rest.setUrl(url);
        this.account = { username: name, email: `${name}@example.test`, password: 'correct horse battery' };
    }

    async logIn() {
        this.me = await this.rest.login(this.account.username, this.account.password);
        assert.match(this.rest.getToken(), /./, 'the login answers with a Token header');
    }

    connect() {
        // The token goes into the upgrade, as on the phones: an upgrade without one never resumes.
        const headers = { Authorization: `Bearer ${this.rest.getToken()}` };
        const newWebSocketFn = (address) => new WebSocket(address, { headers });
        this.socket = new WebSocketClient({ minWebSocketRetryTime: 100, reconnectJitterRange: 1, newWebSocketFn });
        this.socket.addMissedMessageListener(() => this.#arrived({ event: 'test_missed' }));
        this.socket.addMessageListener((message) => this.#arrived(message));
        this.socket.initialize(socketUrl, this.rest.getToken());
        return this.hears('hello');
    }

    #arrived(message) {
        this.events.push(message);
        this.#waiting = this.#waiting.filter(({ event, where, resolve }) => {
            const matches = message.event === event && where(message);
            if (matches) resolve(message);
            return !matches;
        });
    }

    /** The first event of this name for which `where` holds, past or to come. */
    hears(event, where = () => true) {
        const past = this.events.find((message) => message.event === event && where(message));
        if (past) return Promise.resolve(past);
        return new Promise((resolve, reject) => {
            const timer = setTimeout(
                () => reject(new Error(`${this.name} never heard ${event}: ${JSON.stringify(this.events)}`)),
                PATIENCE,
            );
            this.#waiting.push({ event, where, resolve: (message) => (clearTimeout(timer), resolve(message)) });
        });
    }
}

const ada = new Person('ada');
const grace = new Person('grace');
const said = (text) => (message) => JSON.parse(message.data.post).message === text;
let team;
let channel;
let post;

before(() => assert.ok(url, 'CHAT_URL says where the server is'));
after(() => [ada, grace].forEach((person) => person.socket?.close()));

test('the first to sign up becomes the administrator', async () => {
    const config = await ada.rest.getClientConfig();
    assert.equal(config.NoAccounts, 'true');
    assert.match(config.DiagnosticId, /^[a-z0-9]{26}$/);
    const user = await ada.rest.createUser(ada.account, '', '');
    assert.match(user.id, /^[a-z0-9]{26}$/);
    assert.equal(user.roles, 'system_admin system_user');
    await ada.logIn();
    assert.equal((await ada.rest.getClientConfig()).NoAccounts, 'false');
});

test('a team, and a second person through its invitation', async () => {
    team = await ada.rest.createTeam({ name: 'engines', display_name: 'Engines', type: 'O' });
    assert.match(team.invite_id, /./);
    await assert.rejects(grace.rest.createUser(grace.account, '', ''), (error) => {
        assert.equal(error.server_error_id, 'api.user.create_user.no_open_server');
        return error.status_code === 403;
    });
    await grace.rest.createUser(grace.account, '', team.invite_id);
    await grace.logIn();
    const teams = await grace.rest.getMyTeams();
    assert.deepEqual(teams.map(({ id }) => id), [team.id]);
    const names = (await grace.rest.getMyChannels(team.id)).map(({ name }) => name).sort();
    assert.deepEqual(names, ['off-topic', 'town-square']);
});

test('both connect and say hello', async () => {
    const [hello] = await Promise.all([ada.connect(), grace.connect()]);
    assert.equal(hello.seq, 0);
    assert.match(hello.data.connection_id, /^[a-z0-9]{26}$/);
});

test('a channel of their own', async () => {
    channel = await ada.rest.createChannel({
        team_id: team.id,
        name: 'analytical',
        display_name: 'Analytical',
        type: 'P',
    });
    await assert.rejects(grace.rest.getChannel(channel.id), (error) => error.status_code >= 403);
    await ada.rest.addToChannel(grace.me.id, channel.id);
    const added = await grace.hears('user_added', ({ data }) => data.user_id === grace.me.id);
    assert.equal(added.broadcast.channel_id, channel.id);
    assert.equal((await grace.rest.getChannel(channel.id)).display_name, 'Analytical');
    // To be added counts as a mention.
    assert.equal((await grace.rest.getMyChannelMember(channel.id)).mention_count, 1);
    await grace.rest.viewMyChannel(channel.id);
});

test('a post arrives once, with its pending id, and counts as unread and as a mention', async () => {
    const pending = `${ada.me.id}:${Date.now()}`;
    const draft = { channel_id: channel.id, message: 'The engine weaves, @grace', pending_post_id: pending };
    post = await ada.rest.createPost(draft);
    assert.equal(post.pending_post_id, pending);
    const again = await ada.rest.createPost(draft);
    assert.equal(again.id, post.id, 'a retry finds the first post');
    const posted = await grace.hears('posted', said(draft.message));
    assert.equal(posted.data.sender_name, '@ada');
    assert.equal(posted.data.channel_type, 'P');
    assert.deepEqual(JSON.parse(posted.data.mentions), [grace.me.id]);
    const unread = await grace.rest.getMyTeamUnreads();
    assert.deepEqual(
        unread.map(({ team_id, mention_count }) => [team_id, mention_count]),
        [[team.id, 1]],
    );
    const member = await grace.rest.getMyChannelMember(channel.id);
    assert.equal(member.mention_count, 1);
});

test('typing, a reply, a reaction and an edit', async () => {
    grace.socket.userTyping(channel.id, post.id);
    const typing = await ada.hears('typing');
    assert.equal(typing.data.user_id, grace.me.id);

    const reply = await grace.rest.createPost({ channel_id: channel.id, root_id: post.id, message: 'algebraical patterns' });
    const heard = await ada.hears('posted', said('algebraical patterns'));
    assert.equal(JSON.parse(heard.data.post).root_id, post.id);
    const thread = await ada.rest.getPostThread(post.id);
    assert.deepEqual(Object.keys(thread.posts).sort(), [post.id, reply.id].sort());
    assert.equal(thread.posts[post.id].reply_count, 1);

    await grace.rest.addReaction(grace.me.id, post.id, 'tada');
    const reaction = JSON.parse((await ada.hears('reaction_added')).data.reaction);
    assert.deepEqual([reaction.user_id, reaction.emoji_name], [grace.me.id, 'tada']);

    await ada.rest.patchPost({ id: post.id, message: 'The engine weaves patterns' });
    const edited = JSON.parse((await grace.hears('post_edited', said('The engine weaves patterns'))).data.post);
    assert.ok(edited.edit_at > 0);
});

test('reading clears the unread, and one can mark it unread again', async () => {
    const viewed = await grace.rest.viewMyChannel(channel.id);
    assert.ok(viewed.last_viewed_at_times[channel.id] > 0);
    const [row] = await grace.rest.getMyTeamUnreads();
    assert.equal(row.mention_count, 0);
    await grace.rest.markPostAsUnread(grace.me.id, post.id);
    const unread = await grace.rest.getMyChannelMember(channel.id);
    assert.equal(unread.last_viewed_at, post.create_at - 1);
});

test('what was said while the socket was down is there after it came back', async () => {
    const closed = new Promise((resolve) => grace.socket.addCloseListener(resolve));
    grace.socket.conn.terminate();
    await closed;
    await ada.rest.createPost({ channel_id: channel.id, message: 'said while you were away' });
    await grace.hears('posted', said('said while you were away'));
    const times = grace.events.filter((it) => it.event === 'posted' && said('said while you were away')(it)).length;
    assert.equal(times, 1, 'heard exactly once');
    assert.ok(!grace.events.some(({ event }) => event === 'test_missed'), 'resumed without a refetch');
});

test('a direct message belongs to two', async () => {
    const direct = await ada.rest.createDirectChannel([ada.me.id, grace.me.id]);
    assert.equal(direct.type, 'D');
    assert.equal(direct.name, [ada.me.id, grace.me.id].sort().join('__'));
    await ada.rest.createPost({ channel_id: direct.id, message: 'between us' });
    const posted = await grace.hears('posted', said('between us'));
    assert.equal(posted.data.team_id, '');
});

test('a deleted post is gone for everyone', async () => {
    await ada.rest.deletePost(post.id);
    const deleted = await grace.hears('post_deleted', ({ data }) => JSON.parse(data.post).id === post.id);
    assert.ok(JSON.parse(deleted.data.post).delete_at > 0);
    await assert.rejects(grace.rest.getPost(post.id), (error) => error.status_code === 404);
});

test('after logout the token is worth nothing', async () => {
    // Its client would try to connect again for ever.
    grace.socket.close();
    const token = grace.rest.getToken();
    await grace.rest.logout();
    grace.rest.setToken(token);
    await assert.rejects(grace.rest.getMe(), (error) => {
        assert.equal(error.server_error_id, 'api.context.session_expired.app_error');
        return error.status_code === 401;
    });
});
