export { default as ThreadPane } from './components/ThreadPane.vue'
