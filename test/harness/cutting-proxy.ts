import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy to a database that counts packets in both directions and cuts every connection at one of them. */
export interface CuttingProxy {
  /** The URL of the database through this proxy. */
  url: string
  /**
   * Starts counting. At packet `cutAt` of all connections together, all connections are cut and new ones are refused.
   */
  arm(cutAt: number): void
  /** Number of packets since the proxy was armed. */
  packets(): number
  close(): void
}

/** Opens such a proxy to the server of `url`; it passes everything on until it is armed. */
export async function openCuttingProxy(url: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let [limit, passed] = [Number.POSITIVE_INFINITY, 0]
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const join = (from: Socket, to: Socket) => {
    open.add(from)
    from.on('error', () => {})
    from.once('close', () => {
      open.delete(from)
      to.destroy()
    })
    from.on('data', (chunk) => {
      if (++passed >= limit) cut()
      else to.write(chunk)
    })
  }
  const server = createServer((near) => {
    if (passed >= limit) return near.destroy()
    const far = connect(Number(port), hostname)
    join(near, far)
    join(far, near)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const own = String((server.address() as AddressInfo).port)
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: own }).href,
    arm: (cutAt) => {
      cut()
      ;[limit, passed] = [cutAt, 0]
    },
    packets: () => passed,
    close: () => {
      cut()
      server.close()
    },
  }
}
