const TEAM = 'team'
const key = (teamId: string) => `channel:${teamId}`

/** Where the user was last, on this device. */
export const lastTeam = () => localStorage.getItem(TEAM)
export const lastChannel = (teamId: string) => localStorage.getItem(key(teamId))

export function rememberChannel(teamId: string, channelId: string) {
  localStorage.setItem(TEAM, teamId)
  localStorage.setItem(key(teamId), channelId)
}
