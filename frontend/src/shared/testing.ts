import type { Bootstrap, Channel, Membership, Me, Post, User } from '@/shared/api'

/** Things for tests, with what a test does not care about filled in. */

export const aUser = (more: Partial<User> = {}): User => ({
  id: 'ada',
  username: 'ada',
  nickname: '',
  first_name: 'Ada',
  last_name: 'Lovelace',
  position: '',
  is_bot: false,
  is_guest: false,
  picture_at: 0,
  updated_at: 1,
  deactivated_at: null,
  ...more,
})

export const aMe = (more: Partial<Me> = {}): Me => ({
  ...aUser({ id: 'me', username: 'me' }),
  email: 'me@example.org',
  locale: 'en',
  roles: [],
  timezone: {},
  notify_props: {},
  props: {},
  ...more,
})

export const aPost = (more: Partial<Post> = {}): Post => ({
  id: 'p',
  channel_id: 'c',
  user_id: 'ada',
  root_id: null,
  kind: '',
  message: 'hello',
  props: {},
  pinned: false,
  client_id: null,
  created_at: 1,
  updated_at: 1,
  edited_at: null,
  deleted_at: null,
  reactions: [],
  thread: null,
  ...more,
})

export const aChannel = (more: Partial<Channel> = {}): Channel => ({
  id: 'c',
  team_id: 't',
  kind: 'open',
  name: 'town-square',
  display_name: 'Town Square',
  header: '',
  purpose: '',
  member_ids: [],
  message_count: 0,
  root_count: 0,
  last_post_at: 0,
  created_at: 1,
  updated_at: 1,
  archived_at: null,
  ...more,
})

export const aMembership = (more: Partial<Membership> = {}): Membership => ({
  channel_id: 'c',
  user_id: 'me',
  roles: ['channel_user'],
  seen_messages: 0,
  seen_roots: 0,
  mention_count: 0,
  mention_count_root: 0,
  last_viewed_at: 0,
  muted: false,
  notify_props: {},
  ...more,
})

export const aBootstrap = (more: Partial<Bootstrap> = {}): Bootstrap => ({
  server: {
    version: '1',
    site_name: 'RustChat',
    needs_first_user: false,
    open_signup: true,
    password_min_length: 8,
    post_max_chars: 16_383,
    now: 1,
  },
  me: aMe(),
  teams: [],
  team_members: [],
  channels: [aChannel()],
  memberships: [aMembership()],
  preferences: [],
  users: [],
  statuses: [],
  permissions: { system: [], teams: {}, channel_roles: {} },
  open: null,
  ...more,
})
