export { default as UserMenu } from './components/UserMenu.vue'
