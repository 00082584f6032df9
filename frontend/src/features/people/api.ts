import { api, body, type Status } from '@/shared/api'
import { realtime } from '@/shared/realtime'

export const peopleApi = {
  search: (q: string, teamId?: string) =>
    body(api.GET('/api/v1/users', { params: { query: { q: q || undefined, team: teamId, limit: 50 } } })),
  lookUp: (ids: string[]) => body(api.POST('/api/v1/users/lookup', { body: { ids, usernames: [] } })),
  lookUpName: (username: string) =>
    body(api.POST('/api/v1/users/lookup', { body: { ids: [], usernames: [username] } })),
  /** From now on the server tells of changes in the presence of these people, and of nobody else's. */
  watch: (ids: string[]) =>
    realtime.request({ action: 'watch_presence', data: { user_ids: ids } }) as Promise<Status[]>,
}
