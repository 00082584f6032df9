import type { Team } from '@/shared/api'
import { dispatcher, realtime } from '@/shared/realtime'

import { useTeams } from './store'

export function listenToTeams() {
  const teams = useTeams()
  const isHere = (team?: Team) => team && !team.archived_at
  dispatcher.on('team.joined', teams.upsertJoined)
  dispatcher.on('team.updated', (team) => {
    // Back from the archive, and its channels with it.
    if (isHere(team) && !isHere(teams.byId.get(team.id))) realtime.refetch()
    teams.upsert(team)
  })
  dispatcher.on('team.left', ({ team_id }) => teams.remove(team_id))
}
