import { api, body } from '@/shared/api'

export interface NewAccount {
  username: string
  email: string
  password: string
  inviteId?: string
}

export const accountApi = {
  server: () => body(api.GET('/api/v1/server')),
  permissions: async () => (await body(api.GET('/api/v1/bootstrap'))).permissions,
  me: () => body(api.GET('/api/v1/me')),

  async signUp({ username, email, password, inviteId }: NewAccount) {
    await api.POST('/api/v1/users', {
      body: { username, email, password, invite_id: inviteId ?? null },
    })
    await accountApi.logIn(username, password)
  },

  logIn: (login: string, password: string) =>
    body(api.POST('/api/v1/sessions', { body: { login, password } })),
  logOut: () => api.DELETE('/api/v1/sessions/current'),

  sendReset: (email: string) => api.POST('/api/v1/password-resets', { body: { email } }),
  redeemReset: (token: string, password: string) =>
    api.POST('/api/v1/password-resets/redeem', { body: { token, new_password: password } }),

  sessions: () => body(api.GET('/api/v1/sessions')),
  endSession: (id: string) => api.DELETE('/api/v1/sessions/{session_id}', { params: { path: { session_id: id } } }),
  endOtherSessions: () => api.DELETE('/api/v1/sessions'),

  patch: (changes: { nickname?: string; first_name?: string; last_name?: string; position?: string }) =>
    body(api.PATCH('/api/v1/me', { body: changes })),
  changePassword: (current: string, next: string) =>
    api.PUT('/api/v1/me/password', { body: { current, new: next } }),
  setStatus: (status: 'online' | 'away' | 'dnd' | 'offline') =>
    body(api.PUT('/api/v1/me/status', { body: { status } })),
}
