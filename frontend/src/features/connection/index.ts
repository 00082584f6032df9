export { default as ConnectionBanner } from './components/ConnectionBanner.vue'
