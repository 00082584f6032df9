import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const START_MS = 60_000
const POLL_MS = 100

/** The real server on a free port, with an empty data directory of its own. */
export async function startServer() {
  const binary = process.env.RUSTCHAT_BIN ?? fileURLToPath(new URL('../../../target/debug/rustchat', import.meta.url))
  const dataDir = await mkdtemp(join(tmpdir(), 'rustchat-e2e-'))
  const port = await freePort()
  const output: string[] = []
  const server = spawn(binary, ['serve'], {
    env: {
      ...process.env,
      RUSTCHAT_BIN: undefined,
      RUSTCHAT_DATA_DIR: dataDir,
      RUSTCHAT_SERVER_LISTEN: `127.0.0.1:${port}`,
      // Passwords in a test need no protection that takes seconds.
      RUSTCHAT_ACCOUNTS_BCRYPT_COST: '4',
    },
  })
  server.stdout.on('data', (chunk) => output.push(String(chunk)))
  server.stderr.on('data', (chunk) => output.push(String(chunk)))
  const exited = once(server, 'exit')

  const url = `http://127.0.0.1:${port}`
  await ready(url, () => {
    if (server.exitCode !== null) throw new Error(`The server stopped:\n${output.join('')}`)
  })

  async function stop() {
    server.kill('SIGTERM')
    await exited
    await rm(dataDir, { recursive: true, force: true })
  }

  return { url, stop }
}

async function ready(url: string, check: () => void) {
  const deadline = Date.now() + START_MS
  for (;;) {
    check()
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined)
    if (answer?.ok) return
    if (Date.now() > deadline) throw new Error('The server did not become ready in time.')
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (!address || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
