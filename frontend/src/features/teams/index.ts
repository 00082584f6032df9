export { default as TeamMenu } from './components/TeamMenu.vue'
export { teamsApi } from './api'
export { listenToTeams } from './events'
export { useTeams } from './store'
export const JoinPage = () => import('./pages/JoinPage.vue')
export const TeamsPage = () => import('./pages/TeamsPage.vue')
