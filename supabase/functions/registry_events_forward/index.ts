import { serveForwarder } from '../_shared/serve-forwarder.ts'

serveForwarder()
