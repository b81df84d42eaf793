#!/usr/bin/env node
const { resolve } = require('node:path')
const { load } = require('./load.js')

load('main.cjs').run(resolve(__dirname, '..'))
