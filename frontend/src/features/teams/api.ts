import { api, body } from '@/shared/api'

export const teamsApi = {
  /** Teams to see or join, by name. */
  browse: () => body(api.GET('/api/v1/teams', { params: { query: { limit: 200 } } })),
  get: (id: string) => body(api.GET('/api/v1/teams/{team_id}', { params: { path: { team_id: id } } })),
  create: (name: string, displayName: string) =>
    body(api.POST('/api/v1/teams', { body: { name, display_name: displayName, description: '', open: false } })),
  join: (inviteId: string) => body(api.POST('/api/v1/teams/join', { body: { invite_id: inviteId } })),
  joinOpen: (id: string, userId: string) =>
    body(api.POST('/api/v1/teams/{team_id}/members', { params: { path: { team_id: id } }, body: { user_id: userId } })),
  leave: (id: string, userId: string) =>
    api.DELETE('/api/v1/teams/{team_id}/members/{user_id}', { params: { path: { team_id: id, user_id: userId } } }),
}
