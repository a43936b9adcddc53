// Every page loads this. Each module makes a page quicker to use; none is needed to use it.
import './once.js';
import './frag.js';
import './combo.js';
import './selectall.js';
import './tree.js';
import './draft.js';
import './menu.js';
import './find.js';
import './when.js';
import './progress.js';
import './print.js';
