declare module 'virtual:emoji' {
  /** `[character, names, group, search words]`, in the order of pickers. */
  const emoji: [string, string[], number, string][]
  export default emoji
}

