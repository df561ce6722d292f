import { parentPort, workerData } from 'node:worker_threads'
import { type ReadOrder, readInThread } from './shared-reading.ts'

// The program of a thread that reads definitions ahead of the main thread.
readInThread(workerData as ReadOrder, (answer) => parentPort?.postMessage(answer))
