// Entry of the action and of the task. A packed task has the wrapper beside it, the repository one folder up.
"use strict";

const wrapper = require("node:fs").existsSync(`${__dirname}/run.cjs`) ? "./run.cjs" : "../run.cjs";
require(wrapper).main("link-pr", __dirname);
