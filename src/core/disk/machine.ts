import { readFileSync, readlinkSync, statfsSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where a process runs, which decides who can check its pid and its socket. */
export interface ProcessPlace {
  host: string
  /** The kernel's id of the current boot; the containers of a machine share it. */
  boot?: string
  /** The namespace in which a pid identifies the process. */
  pids?: string
}

/** Where this process runs. Only Linux provides more than the host's name. */
export function thisPlace(): ProcessPlace {
  return {
    host: hostname(),
    boot: orUndefined(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pids: orUndefined(() => readlinkSync('/proc/self/ns/pid')),
  }
}

/** Types in statfs(2) of file systems that another machine may have mounted: NFS, SMB, CIFS, FUSE, 9p, Ceph. */
const SHARED = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x00c36400])

/** Whether another machine may use the folder at the same time. */
export function isSharedFolder(folder: string): boolean {
  return orUndefined(() => SHARED.has(statfsSync(folder).type)) ?? true
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
