#!/usr/bin/env node
import { load } from './load.js'

await load('main.cjs').run(import.meta.url)
