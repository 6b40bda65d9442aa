// The floor has an entry of its own: no other page needs any of this.
import "./elements/floor.js";
import "./elements/then.js";
