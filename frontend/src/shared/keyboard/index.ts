export { isMac, keyLabel, useShortcut } from './shortcuts'
