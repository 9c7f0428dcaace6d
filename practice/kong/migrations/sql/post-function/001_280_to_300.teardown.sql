update plugins set config = config - 'functions' where name = 'post-function' and config ? 'functions';
