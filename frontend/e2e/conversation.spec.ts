import { expect, test } from '@playwright/test'

import { PASSWORD, Person } from './support/person'
import { startServer } from './support/server'

// One story: each part begins where the last one ended.
test.describe.configure({ mode: 'serial' })

let server: Awaited<ReturnType<typeof startServer>>
let ada: Person
let grace: Person

test.beforeAll(async ({ browser }) => {
  server = await startServer()
  ada = await Person.at(browser, server.url, 'ada')
  grace = await Person.at(browser, server.url, 'grace')
})

test.afterAll(async () => {
  await ada?.context.close()
  await grace?.context.close()
  await server?.stop()
})

test.afterEach(() => {
  expect([...ada.faults, ...grace.faults]).toEqual([])
})

test('the first visitor makes an account and a team', async () => {
  await ada.page.goto('/')
  await expect(ada.page.getByRole('heading', { name: 'Welcome to RustChat' })).toBeVisible()
  await ada.expectAccessible()
  await ada.signUp()

  await expect(ada.page.getByLabel('Team name')).toBeVisible()
  await ada.expectAccessible()
  await ada.page.getByLabel('Team name').fill('Harbour Works')
  await ada.page.getByRole('button', { name: 'Create team' }).click()
  await expect(ada.page.getByRole('main', { name: 'Town Square' })).toBeVisible()
  await ada.expectAccessible()
})

test('a friend joins with the invite link', async () => {
  await ada.page.getByRole('button', { name: /Team menu/ }).click()
  await ada.page.getByRole('menuitem', { name: 'Invite people' }).click()
  const link = await ada.page.getByLabel('Invite link').inputValue()
  await ada.expectAccessible()
  await ada.page.keyboard.press('Escape')

  await grace.page.goto(link)
  await expect(grace.page.getByRole('heading', { name: 'You are invited' })).toBeVisible()
  await grace.expectAccessible()
  await grace.signUp()
  await expect(grace.page.getByRole('main', { name: 'Town Square' })).toBeVisible()
})

test('they talk, and see each other write and be there', async () => {
  await ada.composer.pressSequentially('Good mor')
  await expect(grace.page.getByText('ada is writing')).toBeVisible()
  await ada.say('Good morning **grace** :wave:')
  await expect(grace.message('Good morning').locator('strong', { hasText: 'grace' })).toBeVisible()
  await expect(grace.page.getByText('ada is writing')).toBeHidden()

  await grace.say('Good morning ada')
  await expect(ada.message('Good morning ada')).toBeVisible()
  await ada.message('Good morning ada').getByRole('button', { name: 'grace', exact: true }).click()
  await expect(ada.page.getByRole('dialog', { name: 'grace' }).getByText('Online')).toBeVisible()
  await ada.page.keyboard.press('Escape')
})

test('a reply opens a thread', async () => {
  await grace.act('Good morning grace', 'Reply in thread')
  await grace.thread.getByRole('textbox', { name: 'Reply' }).fill('Did you sleep well?')
  await grace.thread.getByRole('textbox', { name: 'Reply' }).press('Enter')
  await expect(grace.thread.getByRole('article').filter({ hasText: 'Did you sleep well?' })).toHaveCount(1)
  await grace.expectAccessible()

  await ada.message('Good morning grace').getByRole('button', { name: /1 reply/ }).click()
  await expect(ada.thread.getByRole('article').filter({ hasText: 'Did you sleep well?' })).toBeVisible()
  await ada.thread.getByRole('textbox', { name: 'Reply' }).fill('Very well')
  await ada.thread.getByRole('textbox', { name: 'Reply' }).press('Enter')
  await expect(grace.thread.getByRole('article').filter({ hasText: 'Very well' })).toBeVisible()
  await expect(grace.message('Good morning grace').getByRole('button', { name: /2 replies/ })).toBeVisible()
  await ada.page.getByRole('button', { name: 'Close thread' }).click()
  await grace.page.getByRole('button', { name: 'Close thread' }).click()
})

test('a message is changed, answered with an emoji, and deleted', async () => {
  await ada.say('The tide is hihg')
  await expect(grace.message('The tide is hihg')).toBeVisible()
  await ada.composer.press('ArrowUp')
  const editor = ada.timeline.getByRole('textbox', { name: 'Edit your message' })
  await expect(editor).toBeFocused()
  await editor.fill('The tide is high')
  await editor.press('Enter')
  await expect(grace.message('The tide is high').getByText('(edited)')).toBeVisible()
  await expect(grace.message('hihg')).toHaveCount(0)

  await grace.act('The tide is high', 'Add reaction')
  await grace.page.getByRole('searchbox', { name: 'Search emoji' }).fill('ocean')
  await grace.page.getByRole('searchbox', { name: 'Search emoji' }).press('Enter')
  await expect(ada.message('The tide is high').getByRole('button', { name: /grace reacted with ocean/ })).toBeVisible()
  await ada.message('The tide is high').getByRole('button', { name: /grace reacted with ocean/ }).click()
  await expect(grace.message('The tide is high').getByRole('button', { name: /^2\./ })).toBeVisible()

  await ada.act('The tide is high', 'More actions')
  await ada.page.getByRole('menuitem', { name: 'Delete' }).click()
  await ada.page.getByRole('button', { name: 'Delete message' }).click()
  await expect(grace.message('The tide is high')).toHaveCount(0)
  await expect(ada.message('The tide is high')).toHaveCount(0)
})

test('who loses the network comes back without a lost or a doubled message', async () => {
  const words = ['one', 'two', 'three'].map((word) => `While you were away: ${word}`)
  await grace.context.setOffline(true)
  for (const text of words) await ada.say(text)
  await expect(ada.message('While you were away')).toHaveCount(3)
  await grace.say('Written in a tunnel')
  await expect(grace.message('Written in a tunnel').getByText('Will be sent when the connection is back')).toBeVisible()
  await expect(grace.page.getByText(/No connection/)).toBeVisible()
  await expect(grace.message('While you were away')).toHaveCount(0)

  await grace.context.setOffline(false)
  await expect(grace.page.getByText(/No connection/)).toBeHidden()
  await expect(ada.message('Written in a tunnel')).toHaveCount(1)
  for (const person of [ada, grace]) {
    await expect(person.message(/While you were away|Written in a tunnel/)).toHaveCount(4)
    const texts = await person.timeline.getByRole('article').locator('.markdown').allInnerTexts()
    expect(texts.filter((text) => text.startsWith('While'))).toEqual(words)
    expect(texts.filter((text) => text.startsWith('Written'))).toHaveLength(1)
  }
})

test('a new channel is found, read and counted', async () => {
  await ada.page.getByRole('button', { name: 'Browse or create channels' }).click()
  await ada.page.getByRole('menuitem', { name: 'Create a channel' }).click()
  await ada.page.getByLabel('Name', { exact: true }).fill('Design')
  await ada.expectAccessible()
  await ada.page.getByRole('button', { name: 'Create channel' }).click()
  await expect(ada.page.getByRole('main', { name: 'Design' })).toBeVisible()
  await ada.say('New tokens are up')

  await grace.page.getByRole('button', { name: 'Browse or create channels' }).click()
  await grace.page.getByRole('menuitem', { name: 'Browse channels' }).click()
  await expect(grace.page.getByRole('button', { name: 'Join Design' })).toBeVisible()
  await grace.expectAccessible()
  await grace.page.getByRole('button', { name: 'Join Design' }).click()
  await expect(grace.message('New tokens are up')).toBeVisible()

  await grace.openChannel('Town Square')
  await ada.say('@grace what do you think?')
  await expect(grace.sidebar.getByRole('link', { name: /Design.*1 mention/ })).toBeVisible()
  await expect(grace.page).toHaveTitle(/^\(1\)/)
  await grace.sidebar.getByRole('link', { name: /Design/ }).click()
  await expect(grace.timeline.getByRole('heading', { name: 'New messages' })).toBeVisible()
  await expect(grace.sidebar.getByRole('link', { name: /mention/ })).toHaveCount(0)
})

test('a direct message reaches one person', async () => {
  await ada.page.getByRole('button', { name: 'New direct message' }).click()
  await ada.page.getByRole('searchbox', { name: 'Search people' }).fill('gra')
  await ada.page.getByRole('button', { name: /@grace/ }).click()
  await ada.expectAccessible()
  await ada.page.getByRole('button', { name: 'Start conversation' }).click()
  await ada.say('Just between us')
  await expect(grace.sidebar.getByRole('link', { name: /ada.*1 mention/ })).toBeVisible()

  await grace.page.keyboard.press('Control+k')
  await grace.page.getByRole('combobox').fill('ada')
  await grace.expectAccessible()
  await grace.page.keyboard.press('Enter')
  await expect(grace.message('Just between us')).toBeVisible()
})

test('a narrow screen shows one pane at a time', async () => {
  await grace.page.setViewportSize({ width: 390, height: 844 })
  await expect(grace.sidebar).toBeHidden()
  await grace.expectAccessible()
  await grace.page.getByRole('link', { name: 'Back' }).click()
  await expect(grace.sidebar).toBeVisible()
  await expect(grace.page.getByRole('main')).toBeHidden()
  await grace.expectAccessible()
  await grace.openChannel('Town Square')
  await grace.page.setViewportSize({ width: 1280, height: 800 })
})

test('settings, devices and logging out', async () => {
  await ada.page.getByRole('button', { name: 'Settings', exact: true }).click()
  await ada.page.getByLabel('Nickname').fill('Countess')
  await ada.page.getByRole('button', { name: 'Save' }).click()
  await expect(grace.timeline.getByText('Countess').first()).toBeVisible()
  for (const tab of ['Profile', 'Password', 'Devices', 'Appearance']) {
    await ada.page.getByRole('tab', { name: tab }).click()
    await ada.expectAccessible()
  }
  await ada.page.getByRole('tab', { name: 'Devices' }).click()
  await expect(ada.page.getByText('This device')).toBeVisible()
  await ada.page.keyboard.press('Escape')

  await ada.page.getByRole('button', { name: /Your status and settings/ }).click()
  await ada.page.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(ada.page.getByRole('heading', { name: /^Log in/ })).toBeVisible()
  await ada.expectAccessible()
  await ada.page.getByLabel('Username or e-mail').fill('ada')
  await ada.page.getByLabel('Password').fill('not this one')
  await ada.page.getByRole('button', { name: 'Log in' }).click()
  await expect(ada.page.getByRole('alert')).toBeVisible()
  await ada.page.getByLabel('Password').fill(PASSWORD)
  await ada.page.getByRole('button', { name: 'Log in' }).click()
  await expect(ada.page.getByRole('main')).toBeVisible()
})
