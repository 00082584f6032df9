import { dispatcher } from '@/shared/realtime'

import { useTeams } from './store'

export function listenToTeams() {
  const teams = useTeams()
  dispatcher.on('team.joined', teams.upsertJoined)
  dispatcher.on('team.updated', teams.upsert)
  dispatcher.on('team.left', ({ team_id }) => teams.remove(team_id))
}
