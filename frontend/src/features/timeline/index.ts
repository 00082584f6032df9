export { default as ChannelView } from './components/ChannelView.vue'
export { default as MessageList } from './components/MessageList.vue'
export { default as WaitingRows } from './components/WaitingRows.vue'
export { buildRows } from './rows'
